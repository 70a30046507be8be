"""Makes a tagged PDF of a page of ours: standard input in, standard output out.

What comes in is the length of the page in bytes, a line's end, the page, and its style sheet.
synpunktctl runs this text (ctl_pdf.c), confined. Nothing is fetched, whatever the page asks for:
no style sheet, no file, and no picture but one that stands in the page.

WeasyPrint draws. Its own tags (57.2 calls them experimental) tell every text twice, once as the
whole page's, break a table in two where a page ends, and say neither what a cell is the heading
of nor what is only decoration. So the tags are made here, from the page's elements: each text
is marked as its element's, and all else as an artifact (ISO 32000-1, 14.7 and 14.8).

The same page gives the same bytes: no date and no random identifier goes in."""

import base64
import errno
import os
import sys

NOT_HERE = 10
TOO_LARGE = 11
FAILED = 12

ROLES = {
    "article": "Art",
    "blockquote": "BlockQuote",
    "caption": "Caption",
    "h1": "H1",
    "h2": "H2",
    "h3": "H3",
    "h4": "H4",
    "h5": "H5",
    "h6": "H6",
    "li": "LI",
    "ol": "L",
    "p": "P",
    "section": "Sect",
    "table": "Table",
    "tbody": "TBody",
    "td": "TD",
    "tfoot": "TFoot",
    "th": "TH",
    "thead": "THead",
    "tr": "TR",
    "ul": "L",
}
# Of a table all cells count, also those without a text.
KEPT = ("td", "th", "tr")
# Structure elements that hold others, and what becomes none: a text that stands right in one
# of these is a paragraph.
GROUPS = ("Art", "BlockQuote", "Div", "Document", "Sect")
BOXES = (
    "address aside body dd div dl dt figcaption figure footer header html main nav".split()
)


def end(code, reason):
    """The reason is the last line; nothing is tidied up that could say more after it."""
    sys.stderr.write("\n" + reason)
    sys.stderr.flush()
    os._exit(code)


def load():
    # fontTools writes the hour into a font unless it is given one.
    os.environ["SOURCE_DATE_EPOCH"] = "0"
    try:
        import weasyprint
    except ImportError:
        end(NOT_HERE, "WeasyPrint is not installed")
    if not weasyprint.__version__.startswith("57."):
        end(NOT_HERE, "WeasyPrint is not of version 57")
    return weasyprint


def words_of(element):
    """What a picture says to who does not see it; None: nothing, it is decoration."""
    return element.get("alt") or element.get("aria-label")


def label_of(item):
    """What stands for the number or dot of an item of a list, which is drawn after its words."""
    return ("label", item)


class TextInGroup(Exception):
    """It would be drawn where no mark of the page reaches."""


class Marks:
    """Which text of which page is which element's."""

    def __init__(self):
        self.of = {}  # element or label_of() it: [(page, number in the page)]
        self.figures = set()
        self.counts = []  # of each page
        self.first = {}  # cell of a table's head or foot: the page that it came on first
        self.parent = {}
        self.stream = None
        self.inside = False

    def begin_page(self, stream):
        self.stream = stream
        self.counts.append(0)

    def know(self, root):
        self.parent = {child: parent for parent in root.iter() for child in parent}

    def above(self, element):
        while element is not None:
            yield element
            element = self.parent.get(element)

    def is_artifact(self, box):
        """The margins of a page, what is hidden from who listens, and the head of a table that
        is shown again on the next page."""
        if box.element is None or box.element_tag.startswith("@"):
            return True
        page = len(self.counts) - 1
        for element in self.above(box.element):
            if element.get("aria-hidden") == "true":
                return True
            if element.tag in ("thead", "tfoot"):
                return self.first.setdefault(element, page) != page
        return False

    def begin(self, stream, element):
        """An element of the page, or None: an artifact."""
        stream.stream.append(b"/Artifact" if element is None else b"/Span")
        if element is None:
            stream.stream.append(b"BMC")
            return
        if stream is not self.stream:
            raise TextInGroup
        number = self.counts[-1]
        self.counts[-1] += 1
        self.of.setdefault(element, []).append((len(self.counts) - 1, number))
        stream.stream.append(b"<</MCID %d>> BDC" % number)

    def around(self, draw, element_of):
        """A drawing function that marks what it draws; within another it is part of that."""

        def marked(stream, box, *rest, **named):
            if self.inside:
                return draw(stream, box, *rest, **named)
            start = len(stream.stream)
            self.begin(stream, element_of(box))
            begun = len(stream.stream)
            self.inside = True
            try:
                draw(stream, box, *rest, **named)
            finally:
                self.inside = False
            if element_of is nothing and len(stream.stream) == begun:
                del stream.stream[start:]
            else:
                stream.stream.append(b"EMC")

        return marked

    def text(self, box):
        if self.is_artifact(box):
            return None
        return label_of(box.element) if box.element_tag == "li::marker" else box.element

    def picture(self, box):
        if self.is_artifact(box) or not words_of(box.element):
            return None
        self.figures.add(box.element)
        return box.element


def nothing(_box):
    return None


class Tree:
    """The structure elements, from the page's."""

    def __init__(self, pdf, marks):
        from pydyf import Array, Dictionary, String

        self.Array, self.Dictionary, self.String = Array, Dictionary, String
        self.pdf = pdf
        self.marks = marks
        self.parents = [[None] * n for n in marks.counts]

    def add(self, values):
        made = self.Dictionary(values)
        self.pdf.add_object(made)
        return made

    def role(self, element):
        if element in self.marks.figures:
            return "Figure"
        role = ROLES.get(element.tag)
        if not role and element.get("lang") and element.tag != "html":
            return "Div" if element.tag in BOXES else "Span"
        return role

    def inner(self, element):
        """Marks and structure elements within it as (first mark, one of both). Between texts of
        its own the others stand where they are drawn, else where they are written."""
        own = self.marks.of.get(element, [])
        found = [(mark, mark) for mark in own]
        for child in element:
            found += self.outer(child)
        return sorted(found, key=lambda one: one[0]) if own else found

    def paragraphs(self, found):
        """Texts that follow one another, as one paragraph."""
        made, loose = [], []
        for one in found:
            if isinstance(one[1], tuple) or one[1]["S"] == "/Span":
                loose.append(one)
            else:
                made += self.part("P", loose) + [one]
                loose = []
        return made + self.part("P", loose)

    def outer(self, element):
        found = self.inner(element)
        role = self.role(element)
        if element.tag in BOXES or role in GROUPS:
            found = self.paragraphs(found)
        if not role or not (found or element.tag in KEPT):
            return found
        first = found[0][0] if found else (0, 0)
        made = self.add({"Type": "/StructElem", "S": "/" + role})
        self.describe(made, element)
        if role == "LI":
            label = [(mark, mark) for mark in self.marks.of.get(label_of(element), [])]
            found = self.part("Lbl", label) + self.part("LBody", found)
        self.fill(made, found)
        return [(first, made)]

    def part(self, role, found):
        if not found:
            return []
        made = self.add({"Type": "/StructElem", "S": "/" + role})
        self.fill(made, found)
        return [(found[0][0], made)]

    def fill(self, made, found):
        kids = self.Array()
        for _first, one in found:
            if isinstance(one, tuple):
                page, number = one
                self.parents[page][number] = made.reference
                kids.append(
                    self.Dictionary(
                        {"Type": "/MCR", "Pg": self.pdf.page_references[page], "MCID": number}
                    )
                )
            else:
                one["P"] = made.reference
                kids.append(one.reference)
        made["K"] = kids

    def describe(self, made, element):
        if element.get("lang"):
            made["Lang"] = self.String(element.get("lang"))
        if element in self.marks.figures:
            made["Alt"] = self.String(words_of(element))
        cell = {}
        if element.tag == "th":
            by_column = element.get("scope", "col").startswith("col")
            cell["Scope"] = "/Column" if by_column else "/Row"
        if element.tag in ("td", "th"):
            for name, key in (("colspan", "ColSpan"), ("rowspan", "RowSpan")):
                if element.get(name, "1").isdecimal() and int(element.get(name, "1")) > 1:
                    cell[key] = int(element.get(name))
        if cell:
            made["A"] = self.Dictionary({"O": "/Table", **cell})

    def write(self, root):
        numbers = self.Dictionary()
        self.pdf.add_object(numbers)
        top = self.add({"Type": "/StructTreeRoot", "ParentTree": numbers.reference})
        document = self.add({"Type": "/StructElem", "S": "/Document", "P": top.reference})
        self.fill(document, self.paragraphs(self.inner(root)))
        top["K"] = self.Array([document.reference])
        numbers["Nums"] = self.Array()
        for page, parents in enumerate(self.parents):
            numbers["Nums"].append(page)
            numbers["Nums"].append(self.Array(parents))
        self.pdf.catalog["StructTreeRoot"] = top.reference


def tag(pdf, metadata, document, marks):
    """In place of weasyprint.pdf.pdfua.pdfua()."""
    from pydyf import Dictionary, String
    from weasyprint.pdf.metadata import add_metadata

    Tree(pdf, marks).write(document._html.etree_element)
    add_metadata(pdf, metadata, "ua", version=1, conformance=None)
    pdf.catalog.setdefault("Lang", String(""))
    pdf.catalog["ViewerPreferences"] = Dictionary({"DisplayDocTitle": "true"})
    pdf.catalog["MarkInfo"] = Dictionary({"Marked": "true"})


def take_over(weasyprint):
    """WeasyPrint's drawing functions, so that they mark what they draw."""
    from weasyprint import draw
    from weasyprint.pdf.stream import Stream

    marks = Marks()
    Stream.begin_marked_content = lambda *given, **named: None
    Stream.end_marked_content = lambda *given: None
    for name in ("draw_background", "draw_border", "draw_outlines", "draw_collapsed_borders"):
        setattr(draw, name, marks.around(getattr(draw, name), nothing))
    draw.draw_text = marks.around(draw.draw_text, marks.text)
    draw.draw_replacedbox = marks.around(draw.draw_replacedbox, marks.picture)
    draw_page = draw.draw_page

    def draw_marked_page(page, stream):
        marks.begin_page(stream)
        draw_page(page, stream)

    weasyprint.document.draw_page = draw_marked_page
    # What is printed leads nowhere: a link is its words.
    weasyprint.pdf._add_links = lambda *given: None
    weasyprint.pdf.VARIANTS["pdf/ua-1"] = (
        lambda pdf, metadata, document, _streams: tag(pdf, metadata, document, marks),
        {"mark": True},
    )
    return marks


PICTURES = tuple(f"data:image/{kind};base64," for kind in ("jpeg", "png", "webp"))


def refuse(url, *_rest, **_named):
    """But a picture that stands in the page itself."""
    if not url.startswith(PICTURES):
        raise ValueError("nothing is fetched")
    head, _comma, body = url.partition(",")
    return {"string": base64.b64decode(body), "mime_type": head[5:-7]}


def make(weasyprint, page, style):
    from weasyprint.text import fonts as text_fonts

    # A folder for fonts that are fetched, of which there are none; it could not be made.
    text_fonts.mkdtemp = lambda **_named: "/nonexistent"
    marks = take_over(weasyprint)
    fonts = text_fonts.FontConfiguration()
    given = weasyprint.HTML(string=page, encoding="utf-8", url_fetcher=refuse)
    sheet = weasyprint.CSS(
        string=style, encoding="utf-8", url_fetcher=refuse, font_config=fonts
    )
    marks.know(given.etree_element)
    return given.write_pdf(stylesheets=[sheet], font_config=fonts, variant="pdf/ua-1")


def main():
    weasyprint = load()
    size = int(sys.stdin.buffer.readline())
    page = sys.stdin.buffer.read(size)
    style = sys.stdin.buffer.read()
    try:
        sys.stdout.buffer.write(make(weasyprint, page, style))
        sys.stdout.buffer.flush()
    except MemoryError:
        end(TOO_LARGE, "no memory left")
    except Exception as problem:
        if isinstance(problem, OSError) and problem.errno == errno.EFBIG:
            end(TOO_LARGE, "the PDF is too large")
        end(FAILED, type(problem).__name__)


main()
