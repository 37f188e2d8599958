"""The pages of an SQLite database, and where in them nothing is stored: free pages, and the gaps in the pages of its trees (https://www.sqlite.org/fileformat.html, 1.5 and 1.6)."""
import sqlite3


def number(data, at, size=2):
    return int.from_bytes(data[at: at + size], "big")


def page_starts(database):
    return list(range(0, len(database), number(database, 16)))


def free_pages(database):
    """Offsets of trunks and of leaves of the freelist."""
    size = number(database, 16)
    trunks, leaves, trunk = [], [], number(database, 32, 4)
    while trunk:
        at = (trunk - 1) * size
        trunks.append(at)
        leaves += [(number(database, at + 8 + 4 * i, 4) - 1) * size for i in range(number(database, at + 4, 4))]
        trunk = number(database, at, 4)
    return trunks, leaves


def tree_pages(database):
    """Pages that are surely of a tree, from the roots in the schema down: offset of the page, offset of its header."""
    connection = sqlite3.connect(":memory:")
    connection.deserialize(database)
    roots = [1] + [row[0] for row in connection.execute("SELECT rootpage FROM sqlite_schema WHERE rootpage > 0")]
    connection.close()
    size, found = number(database, 16), {}
    while roots:
        page = roots.pop()
        at = (page - 1) * size
        header = at + (100 if page == 1 else 0)
        found[at] = header
        if database[header] in (2, 5):  # interior
            cells = [number(database, header + 12 + 2 * i) for i in range(number(database, header + 3))]
            roots += [number(database, at + cell, 4) for cell in cells] + [number(database, header + 8, 4)]
    return found


def gaps(database):
    """Ranges of bytes that no cell uses: between the pointers and the cells, and the freeblocks behind their four bytes of chain."""
    found = []
    for at, header in tree_pages(database).items():
        pointers_end = header + (12 if database[header] in (2, 5) else 8) + 2 * number(database, header + 3)
        content = at + (number(database, header + 5) or 65536)
        if content > pointers_end:
            found.append((pointers_end, content))
        block = number(database, header + 1)
        while block:
            if number(database, at + block + 2) > 4:
                found.append((at + block + 4, at + block + number(database, at + block + 2)))
            block = number(database, at + block)
    return found
