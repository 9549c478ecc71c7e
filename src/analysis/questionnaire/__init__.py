"""What the survey asks, as data: columns, words and the roles they play, reasons, routes, rules."""
