"""How the files of the open data are called, for who only names them."""

OPEN_FOLDER = "data"
PROCEDURES_NAME, STATISTICS_NAME = "data/procedures.csv", "data/statistics.csv"
FIELDS_NAME, CODES_NAME = "data/fields.csv", "data/codes.csv"
PACKAGE_NAME = "data/datapackage.json"
CODEBOOK_NAME = "codebook.html"

OPEN_NAMES = (PROCEDURES_NAME, STATISTICS_NAME, FIELDS_NAME, CODES_NAME, PACKAGE_NAME)
