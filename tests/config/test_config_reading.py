"""Files that are not what they seem: broken, doubled, too large, or made to grow."""

from pathlib import Path

from writing import refused, written


def test_duplicate_keys_are_all_named(tmp_path: Path) -> None:
    text = "name: a\nname: b\nbudget:\n  cut: {2025: 1, 2025: 2}\n"
    assert refused(written(tmp_path, text)) == [
        "trial.yaml: name: must appear once (found it on lines 1 and 2). Remove one of them.",
        "trial.yaml: budget.cut.2025: must appear once (found it on lines 4 and 4)."
        " Remove one of them.",
    ]


def test_broken_yaml_names_the_line(tmp_path: Path) -> None:
    (sentence,) = refused(written(tmp_path, "name: a\nbudget: {cut: [1, 2\n"))
    assert sentence.startswith("trial.yaml line ")
    assert "must be YAML" in sentence


def test_an_alias_bomb_is_refused_without_growing(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    for level in range(1, 40):
        aliases = ", ".join([f"*a{level - 1}"] * 9)
        lines.append(f"a{level}: &a{level} [{aliases}]")
    sentences = refused(written(tmp_path, "\n".join(lines)))
    assert "an alias" in sentences[0]


def test_an_alias_of_itself_is_refused(tmp_path: Path) -> None:
    sentences = refused(written(tmp_path, "a: &a [*a]\n"))
    assert "an alias" in sentences[0]


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    (sentence,) = refused(written(tmp_path, "#" * 1_000_001))
    assert sentence == "trial.yaml: must be at most 1,000,000 bytes (found 1,000,001 bytes)."


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    (sentence,) = refused(written(tmp_path, "a: " + "[" * 3000 + "]" * 3000))
    assert "must be nested less deeply" in sentence
    sentences = refused(written(tmp_path, "a: " + "[" * 30 + "]" * 30))
    assert "must be nested less deeply" in sentences[0]


def test_objects_are_refused(tmp_path: Path) -> None:
    (sentence,) = refused(written(tmp_path, "name: !!python/object/apply:os.system [ls]\n"))
    assert "must be plain YAML" in sentence


def test_other_files_are_refused(tmp_path: Path) -> None:
    assert "must hold a config" in refused(written(tmp_path, "# nothing\n"))[0]
    assert "must be a mapping" in refused(written(tmp_path, "- a\n- b\n"))[0]
    assert "must be YAML" in refused(written(tmp_path, "a: 1\n---\nb: 2\n"))[0]
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("name: Åsele".encode("latin-1"))
    assert "must be text in UTF-8" in refused(latin)[0]
    assert "must be a config file that can be read" in refused(tmp_path / "none.yaml")[0]
    assert "must be a config file that can be read" in refused(tmp_path)[0]
