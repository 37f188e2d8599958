# Turns the print page on standard input into a PDF on standard output. Run as python3 -I -c by src/report/pdf.cc.
# The report needs nothing from outside, so nothing may be fetched: not by http, not from the disk.
import ctypes
import gc
import sys

try:
    import weasyprint
    from weasyprint import pdf
    from weasyprint.pdf import pdfa, pdfua, stream
except ImportError:
    sys.exit(78)


def refuse(url, *_arguments, **_options):
    if url.startswith("data:image/"):  # pictures that src/report/view_lab.cc has looked at
        return weasyprint.default_url_fetcher(url)
    raise ValueError("a report fetches nothing: " + url[:200])


# WeasyPrint 57 subsets fonts with fontTools: 5 s of CPU for each weight of Noto Sans CJK. HarfBuzz (which later WeasyPrints
# use for it) needs some milliseconds for the same bytes. Whatever goes wrong here, fontTools does it instead.
def load_harfbuzz():
    subset = ctypes.CDLL("libharfbuzz-subset.so.0")
    core = ctypes.CDLL("libharfbuzz.so.0")
    pointer = ctypes.c_void_p
    for library, name, result, arguments in (
        (core, "hb_blob_create", pointer, [ctypes.c_char_p, ctypes.c_uint, ctypes.c_int, pointer, pointer]),
        (core, "hb_blob_get_data", pointer, [pointer, ctypes.POINTER(ctypes.c_uint)]),
        (core, "hb_face_create", pointer, [pointer, ctypes.c_uint]),
        (core, "hb_face_reference_blob", pointer, [pointer]),
        (core, "hb_set_add", None, [pointer, ctypes.c_uint]),
        (subset, "hb_subset_input_create_or_fail", pointer, []),
        (subset, "hb_subset_input_glyph_set", pointer, [pointer]),
        (subset, "hb_subset_input_set", pointer, [pointer, ctypes.c_int]),
        (subset, "hb_subset_input_set_flags", None, [pointer, ctypes.c_uint]),
        (subset, "hb_subset_or_fail", pointer, [pointer, pointer]),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return core, subset


def subset_font(font, glyphs, core, subset):
    keep_numbers, no_hinting, no_subroutines, read_only, drop_tables = 2, 1, 4, 1, 3
    data = font.file_content
    face = core.hb_face_create(core.hb_blob_create(data, len(data), read_only, None, None), font.index)
    wanted = subset.hb_subset_input_create_or_fail()
    subset.hb_subset_input_set_flags(wanted, keep_numbers | no_hinting | no_subroutines)
    for glyph in glyphs:
        core.hb_set_add(subset.hb_subset_input_glyph_set(wanted), glyph)
    for table in (b"GSUB", b"GPOS", b"GDEF", b"BASE", b"VORG", b"vhea", b"vmtx"):
        core.hb_set_add(subset.hb_subset_input_set(wanted, drop_tables), int.from_bytes(table, "big"))
    small = subset.hb_subset_or_fail(face, wanted)
    if not small:
        raise ValueError("HarfBuzz made no subset")
    length = ctypes.c_uint()
    start = core.hb_blob_get_data(core.hb_face_reference_blob(small), ctypes.byref(length))
    font.file_content = ctypes.string_at(start, length.value)


def speed_up():
    core, subset = load_harfbuzz()
    slow = stream.Font.clean

    def clean(font, glyphs):
        try:
            if not glyphs or font.png or font.svg or font.bitmap or "fvar" in font.ttfont:
                raise ValueError("not a plain font")
            subset_font(font, glyphs, core, subset)
        except Exception:
            slow(font, glyphs)

    stream.Font.clean = clean


try:
    speed_up()
except (OSError, AttributeError):
    pass

# PDF/A-3B for the archive, tagged for screen readers: WeasyPrint 57 does one or the other, so both are run, and what the second says of itself
# stands. It can't promise either: headers of tables have no scope, pictures no text of their own, and nobody has validated it.
def archive_and_tags(*arguments):
    pdfua.pdfua(*arguments)
    pdfa.pdfa(*arguments, version=3)


pdf.VARIANTS["lintel"] = (archive_and_tags, {"mark": True, "version": "1.7"})

# The box tree only grows until the end; walking it for garbage costs a fifth of the time.
gc.disable()
page = sys.stdin.buffer.read().decode("utf-8")
sys.stdout.buffer.write(weasyprint.HTML(string=page, url_fetcher=refuse).write_pdf(variant="lintel"))
