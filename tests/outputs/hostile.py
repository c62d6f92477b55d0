"""Names that an office table may hold and that no output may act on."""

NAMES = (
    "=cmd|'/C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1:A9)",
    "</script><script>window.hit=1</script>",
    "\"quotes\" and 'more' & <b>bold</b>",
    "Åre 🏔️ kontor",
    "مكتب الخدمة",
    "x" * 300,
    "https://example.org/",
    "0114",
    "_x0041_",
    "{{ 7 * 7 }} {% raw %}",
)
#: A name with what XML cannot hold, and how it is written.
UNWRITABLE = ("bell\x07tab\there", "bell\ufffdtab here")
