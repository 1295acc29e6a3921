package help

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Width is how many columns a line of help has at most.
const Width = 80

// Text shows topics that one name means. Many of them are shown shortly.
func Text(topics []Topic) string {
	const mostWhole = 4
	var b strings.Builder
	for i, t := range topics {
		if len(topics) > mostWhole {
			b.WriteString(t.short())
			continue
		}
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString(t.Text())
	}
	if len(topics) > mostWhole {
		b.WriteString("\nA full name explains one of them.\n")
	}
	return b.String()
}

// short returns the full name of a topic, its kind and its usage.
func (t *Topic) short() string {
	return Wrap(t.Names[0]+" ("+t.Kind+")", 0) + Wrap(t.Usage, 4)
}

// Text shows a topic: its usage, its kind, its help, its terms and its example, in lines
// of at most Width columns.
func (t *Topic) Text() string {
	var b strings.Builder
	b.WriteString(Wrap(t.Usage, 0))
	b.WriteString(Wrap(t.Kind, 2))
	if t.Help != "" {
		b.WriteString("\n")
		for line := range strings.Lines(t.Help) {
			b.WriteString(Wrap(line, 2))
		}
	}
	if len(t.Terms) > 0 {
		b.WriteString("\n" + Columns(t.Terms))
	}
	if t.Example != "" {
		b.WriteString("\n  Example:\n")
		for line := range strings.Lines(t.Example) {
			b.WriteString("    " + strings.TrimRight(line, "\n") + "\n")
		}
	}
	return b.String()
}

// Columns shows terms in two columns. A name that is too long has a line of its own.
func Columns(terms []Term) string {
	const indent, most = 2, 22
	width := 0
	for _, t := range terms {
		if n := utf8.RuneCountInString(t.Name); n <= most {
			width = max(width, n)
		}
	}
	at := indent + width + 2
	var b strings.Builder
	for _, t := range terms {
		help := Wrap(t.Help, at)
		name := strings.Repeat(" ", indent) + t.Name
		if n := utf8.RuneCountInString(name); n <= at-2 && help != "" {
			b.WriteString(name + strings.Repeat(" ", at-n) + strings.TrimLeft(help, " "))
			continue
		}
		b.WriteString(name + "\n" + help)
	}
	return b.String()
}

// Plain returns Markdown as a terminal shows it.
func Plain(markdown string) string {
	return strings.ReplaceAll(link.ReplaceAllString(markdown, "$1"), "`", "")
}

// link is a link of Markdown: [text](address).
var link = regexp.MustCompile(`\[([^\]]+)\]\([^)]+\)`)

// Wrap returns a paragraph of Markdown in lines of at most Width columns, each of which
// begins with indent spaces and ends with "\n". A word that does not fit is not cut.
func Wrap(markdown string, indent int) string {
	var b strings.Builder
	column := 0
	for _, word := range strings.Fields(Plain(markdown)) {
		n := utf8.RuneCountInString(word)
		switch {
		case column == 0:
			b.WriteString(strings.Repeat(" ", indent))
			column = indent
		case column+1+n > Width:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			column = indent
		default:
			b.WriteString(" ")
			column++
		}
		b.WriteString(word)
		column += n
	}
	if column > 0 {
		b.WriteString("\n")
	}
	return b.String()
}
