"""The forms that go out, filled with the last answers."""
