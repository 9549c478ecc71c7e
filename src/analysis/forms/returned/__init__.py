"""The workbooks that go back, with their problems marked."""
