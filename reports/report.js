// Filter, search, stored choices, print. Without this script the report is complete: languages, appearance and the verdict
// filter are plain CSS.
(() => {
  'use strict';
  const $ = (id) => document.getElementById(id);
  document.documentElement.classList.add('script');

  const clauses = [...document.querySelectorAll('details.clause')];
  const chapters = [...document.querySelectorAll('section.chapter')];
  const boxes = [...document.querySelectorAll('.filter input[type=checkbox]')];
  const words = new WeakMap();
  const wordsOf = (clause) => {
    if (!words.has(clause)) words.set(clause, clause.textContent.toLowerCase());
    return words.get(clause);
  };
  const verdictOf = (clause) => clause.classList[1];

  const apply = () => {
    const wanted = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    const terms = $('search').value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const clause of clauses) {
      const match = wanted.has(verdictOf(clause)) &&
          (!$('chapter').value || clause.dataset.chapter === $('chapter').value) &&
          (!$('subject').value || clause.dataset.subject === $('subject').value) &&
          terms.every((term) => wordsOf(clause).includes(term));
      clause.hidden = !match;
      if (match) shown += 1;
    }
    for (const chapter of chapters) chapter.hidden = !chapter.querySelector('details.clause:not([hidden])');
    $('shown').querySelector('b').textContent = String(shown);
    $('nothing').hidden = shown > 0;
  };

  // A page opened from a file may have no storage; then choices last as long as the page.
  const store = {
    get: (key) => { try { return localStorage.getItem('lintel.' + key); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem('lintel.' + key, value); } catch { /* no storage */ } },
  };
  for (const name of ['language', 'theme']) {
    const choices = [...document.querySelectorAll(`input[name=${name}]`)];
    const first = name === 'language' ? (navigator.language.startsWith('zh') ? 'zh' : 'en') : 'auto';
    const wanted = store.get(name) || first;
    for (const choice of choices) {
      choice.checked = choice.value === wanted;
      choice.addEventListener('change', () => store.set(name, choice.value));
    }
    if (choices.length && !choices.some((choice) => choice.checked)) choices[0].checked = true;
  }

  // Placeholders and options can't hold both languages for CSS to choose from.
  const two = [...document.querySelectorAll('.filter [data-zh]')];
  const speak = () => {
    const chosen = document.querySelector('input[name=language]:checked')?.value ?? document.documentElement.lang.slice(0, 2);
    for (const each of two) {
      const { zh, en } = each.dataset;
      const text = chosen === 'both' ? zh + ' / ' + en : chosen === 'zh' ? zh : en;
      if (each.tagName === 'INPUT') each.placeholder = text; else each.textContent = text;
    }
  };
  for (const choice of document.querySelectorAll('input[name=language]')) choice.addEventListener('change', speak);
  speak();

  $('print').addEventListener('click', () => window.print());
  const form = document.querySelector('form.filter');
  if (!form) return;  // a view without the clauses

  form.addEventListener('input', apply);
  form.addEventListener('change', apply);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', () => setTimeout(apply));
  const openAll = (open) => { for (const clause of clauses) if (!clause.hidden) clause.open = open; };
  $('open-all').addEventListener('click', () => openAll(true));
  $('close-all').addEventListener('click', () => openAll(false));

  // On paper nothing can be opened: all clauses are, and go back after.
  let closed = [];
  addEventListener('beforeprint', () => {
    closed = clauses.filter((clause) => !clause.open);
    for (const clause of closed) clause.open = true;
  });
  addEventListener('afterprint', () => { for (const clause of closed) clause.open = false; });

  // A link to a clause shows and opens it, whatever the filter says.
  const follow = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.matches('details.ask')) target.open = true;
    const clause = target.closest('details.clause');
    if (!clause) return;
    if (clause.hidden) { form.reset(); setTimeout(() => clause.scrollIntoView()); }
    clause.open = true;
    clause.scrollIntoView();
  };
  addEventListener('hashchange', follow);
  apply();
  follow();
})();
