"""Tables as spreadsheets write them: semicolons, cells of several lines, decimal commas, numbers in place of dates."""

from coded_tables import data_of, imported, rows_of


def test_semicolons_a_line_that_names_them_and_cells_of_several_lines_are_read(tmp_path):
    table = tmp_path / "a.csv"
    first = '2017-09-03;Hun Sen;Kem Sokha;173;"An ""arrest""\r\nat night"'
    table.write_text(f"sep=;\r\nDate;Source;Target;Code;Text\r\n{first}\r\n2017-09-05;Hun Sen;Kem Sokha;173;\r\n")
    assert data_of(table, "csv", tmp_path / "o.csv")["written"] == 2
    _, first, second = rows_of(tmp_path / "o.csv")
    assert first[4:] == ["a.csv, line 3", 'CAMEO 173 An "arrest" at night: Hun Sen → Kem Sokha']
    assert second[4] == "a.csv, line 5"


def test_a_number_in_place_of_a_date_or_of_a_code_is_refused_with_what_it_is(tmp_path):
    table = tmp_path / "a.csv"
    rows = ["2017-09-03;Hun Sen;Kem Sokha;173", "2017-09-04;Hun Sen;Kem Sokha;173,0", "42982;Hun Sen;Kem Sokha;173"]
    table.write_text("\n".join(["date;source;target;code", *rows]))
    code, day = data_of(table, "csv", tmp_path / "o.csv")["first_malformed"]
    assert code.endswith("a.csv:3: code: '173,0' is not a code of CAMEO; did you mean '173'?")
    assert "a.csv:4: date: '42982' is a spreadsheet's number of a day: give the column the format of a date" in day


def test_a_title_above_the_headings_and_headings_of_other_words_are_told(tmp_path):
    table = tmp_path / "a.csv"
    table.write_text("Events;;;\nDate;Source;Target;Code\n2017-09-03;Hun Sen;Kem Sokha;173\n")
    assert "line 2 has them: take out what stands before it" in imported(table, "csv", tmp_path / "o.csv").output
    table.write_text("Datum;Quelle;Ziel;Code\n2017-09-03;Hun Sen;Kem Sokha;173\n")
    output = imported(table, "csv", tmp_path / "o.csv").output
    assert "--columns says which is which: date=HEADING,source=HEADING" in output
    options = ("--columns", "date=Datum,source=Quelle,target=Ziel")
    assert data_of(table, "csv", tmp_path / "o.csv", *options)["written"] == 1
