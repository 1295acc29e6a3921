package compat

func FindLiteral(line string) string { return "" }
func LiteralHint(string) string      { return "" }
