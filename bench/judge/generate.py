#!/usr/bin/env python3
"""Writes a profile of many clauses, each with a check of its own, and what probes saw of a device, for bench and tests.

Usage: bench/judge/generate.py FOLDER [--clauses 2000] [--probes firmware,identity,...]
Makes FOLDER/profile/ (profile.yaml and parts), FOLDER/checks/<area>/ and FOLDER/recorded.json: for each probe its item and twenty looks,
of which most find nothing wrong and the others fail, lack a fact or ended in a timeout. The same arguments give the same bytes.
"""
import argparse
import copy
import json
import random
import re
from pathlib import Path

from material import ABSENT, PROBES

PER_PART = 250
CHECKS_PER_AREA = 400
SUBJECTS_ZH = ["设备", "网关", "设备的管理接口", "升级服务", "配网过程", "远程控制通道", "本地接口", "日志服务"]
SUBJECTS_EN = ["The device", "The gateway", "The management interface", "The update service", "The pairing process",
               "The remote control channel", "The local interface", "The log service"]
DEMANDS_ZH = ["只接受经过双向认证的连接，并拒绝没有有效凭证的请求", "在保存前对敏感数据加密，密钥与数据分开存放",
              "在多次失败后限制尝试次数，并把失败记入日志", "不向未授权的一方透露版本、账号或内部地址",
              "在启用前核对来源与完整性，核对失败时保持原有状态", "使用公开的、强度足够的密码算法和协议版本"]
DEMANDS_EN = ["accepts only connections that are authenticated on both sides and refuses requests without valid credentials",
              "encrypts sensitive data before it is stored and keeps the keys apart from the data",
              "limits the number of tries after repeated failures and writes each failure to the log",
              "does not tell versions, accounts or internal addresses to anyone who is not authorised",
              "verifies origin and integrity before use and stays as it was when the verification fails",
              "uses published algorithms and protocol versions of sufficient strength"]
TITLES = [("该值与声明一致", "The value is as declared"), ("没有多余的接口", "There is no interface too many"),
          ("强度达到要求", "It is strong enough"), ("检查得到明确结果", "The look gave a definite answer"),
          ("旧版本已被拒绝", "Old versions are refused"), ("标识没有重复", "No identifier was issued twice")]
REFERENCES = ["en303645_v3", "owasp_iot", "masvs", "gbt22239", "gbt41387", "iso27001"]


def sentence(random_numbers, number):
    who, what = random_numbers.randrange(len(SUBJECTS_ZH)), random_numbers.randrange(len(DEMANDS_ZH))
    return (f"{SUBJECTS_ZH[who]}{DEMANDS_ZH[what]}（第 {number} 项）。",
            f"{SUBJECTS_EN[who]} {DEMANDS_EN[what]} (number {number}).")


def text_lines(indent, key, texts):
    return [f"{indent}{key}:", f"{indent}  zh: {texts[0]}", f"{indent}  en: {texts[1]}"]


def clause_lines(number, check, random_numbers):
    with_question = number % 2 == 0
    lines = [f"- id: \"{10 + number // PER_PART}.{number % PER_PART // 25 + 1}.{number % 25 + 1}\"",
             "  subject: device",
             f"  obligation: {'should' if number % 10 == 9 else 'shall'}",
             f"  level: {number % 3 + 1}",
             "  by: auto"]
    lines += text_lines("  ", "text", sentence(random_numbers, number))
    lines += ["  references:"]
    lines += [f"    {name}: [\"{number % 17 + 1}.{i + 1}-{number % 9 + 1}\"]" for i, name in enumerate(REFERENCES[:3 + number % 4])]
    lines += [f"  checks: [{check}]"]
    if with_question:
        lines += ["  attest:", "    method: examine"]
        for key in ("ask", "evidence", "bench"):
            lines += text_lines("    ", key, sentence(random_numbers, number))
        lines += ["    valid_for_days: 365"]
    return lines


def with_fact(facts, path, value):
    """A copy of the facts with one of them set or taken away."""
    changed = copy.deepcopy(facts)
    holder = changed
    *folders, last = path.split(".")
    for name in folders:
        holder = holder[name]
    if value is ABSENT:
        holder.pop(last, None)
    else:
        holder[last] = value
    return changed


def flow(value):
    return json.dumps(value, ensure_ascii=False)


def check_lines(check, number, probe, random_numbers):
    material = PROBES[probe]
    breakable = [each for each in material["assertions"] if each[1] is not None]
    chosen = random_numbers.sample(breakable, 2)
    chosen.append(random_numbers.choice([each for each in material["assertions"] if each not in chosen]))
    lines = ["lintel: check/1", f"id: {check}"]
    lines += text_lines("", "title", sentence(random_numbers, number))
    lines += [f"probe: {probe}", "assert:"]
    for written, *_ in chosen:
        lines += [f"- {written}"] + text_lines("  ", "title", random_numbers.choice(TITLES))
    lines += text_lines("", "remedy", sentence(random_numbers, number))
    item = flow(material["item"])
    # As people write rows: only the facts that the check reads.
    read = {path.split(".")[0] for path in re.findall(r"[a-z_]+(?:\.[a-z0-9_]+)*", " ".join(each[0] for each in chosen))}
    facts = {name: value for name, value in material["facts"].items() if name in read}
    lines += ["tests:"]
    for name, these, expect in [("nothing wrong", facts, "pass"),
                                ("one fact is wrong", with_fact(facts, chosen[0][1], chosen[0][2]), "fail"),
                                ("one fact is not known", with_fact(facts, chosen[1][1], chosen[1][3]), "inconclusive")]:
        lines += [f"- name: {name}", f"  facts: {flow(these)}", f"  item: {item}", f"  expect: {expect}"]
    lines += [f"- {{name: no answer in time, status: timeout, item: {item}, expect: inconclusive}}"]
    return lines


def looks(material):
    """Twenty looks: fourteen fine, two with a wrong fact, two with an unknown one, two timeouts."""
    breakable = [each for each in material["assertions"] if each[1] is not None]
    fine = [{"status": "ok", "facts": material["facts"]}] * 14
    wrong = [{"status": "ok", "facts": with_fact(material["facts"], path, bad)} for _, path, bad, _ in breakable[:2]]
    unknown = [{"status": "ok", "facts": with_fact(material["facts"], path, left)} for _, path, _, left in breakable[2:4]]
    late = [{"status": "timeout", "facts": {}}, {"status": "timeout", "facts": with_fact(material["facts"], breakable[0][1], ABSENT)}]
    return fine + wrong + unknown + late


def write_lines(path, lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "\n".join(lines) + "\n"
    path.write_text(text, encoding="utf-8")
    return len(text.encode())


def generate(folder, clauses, probes):
    """Returns bytes of YAML: (clauses, checks)."""
    random_numbers = random.Random(1)
    clause_bytes = check_bytes = 0
    parts = []
    lines = []
    for number in range(clauses):
        if number % PER_PART == 0:
            parts.append(f"part-{number // PER_PART}.yaml")
            lines = ["lintel: clauses/1", f"chapter: {{id: \"{10 + number // PER_PART}\", zh: 第 {10 + number // PER_PART} 章, "
                     f"en: Chapter {10 + number // PER_PART}}}", "clauses:"]
        area, name = f"area-{number // CHECKS_PER_AREA}", f"check-{number:04}"
        check = f"{area}.{name}"
        lines += clause_lines(number, check, random_numbers)
        probe = probes[number % len(probes)]
        check_bytes += write_lines(folder / "checks" / area / f"{name}.yaml", check_lines(check, number, probe, random_numbers))
        if number % PER_PART == PER_PART - 1 or number == clauses - 1:
            clause_bytes += write_lines(folder / "profile" / parts[-1], lines)
    write_lines(folder / "profile/profile.yaml", [
        "lintel: profile/1", "id: bench", 'version: "1"', "title: {zh: 性能测试用的要求, en: Requirements for the benchmark}",
        "checks: ../checks", "parts: [" + ", ".join(parts) + "]"])
    recorded = {name: {"kind": PROBES[name]["kind"], "item": PROBES[name]["item"], "about": PROBES[name]["about"],
                       "looks": looks(PROBES[name])} for name in probes}
    (folder / "recorded.json").write_text(json.dumps(recorded), encoding="utf-8")
    return clause_bytes, check_bytes


def main():
    parser = argparse.ArgumentParser(description="writes a large profile")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clauses", type=int, default=2000)
    parser.add_argument("--probes", default=",".join(PROBES))
    arguments = parser.parse_args()
    probes = arguments.probes.split(",")
    if unknown := set(probes) - set(PROBES):
        parser.error(f"nothing known about the probes {', '.join(sorted(unknown))}")
    clause_bytes, check_bytes = generate(arguments.folder, arguments.clauses, probes)
    print(f"{arguments.clauses} clauses in {clause_bytes} bytes, their checks in {check_bytes} bytes of YAML")


if __name__ == "__main__":
    main()
