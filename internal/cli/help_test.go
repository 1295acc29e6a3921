package cli

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"microts/internal/help"
)

// TestHelpFits holds the help on every command, and the list of functions, to lines of
// help.Width columns without Markdown.
func TestHelpFits(t *testing.T) {
	check := func(name, text string) {
		for line := range strings.Lines(text) {
			line = strings.TrimRight(line, "\n")
			if n := utf8.RuneCountInString(line); n > help.Width || strings.Contains(line, "`") {
				t.Errorf("help on %s: %d columns: %s", name, n, line)
			}
		}
	}
	root := Command()
	eachCommand(root, func(c *cobra.Command) { check(c.CommandPath(), commandText(c)) })
	check("api", apiText())
	for _, topic := range allTopics(root) {
		check(topic.Names[0], topic.Text())
	}
}

// TestEveryCommandCompletesItsArguments wants a decision for each command: without one,
// the shell offers all files.
func TestEveryCommandCompletesItsArguments(t *testing.T) {
	eachCommand(Command(), func(c *cobra.Command) {
		if !c.Hidden && c.ValidArgsFunction == nil {
			t.Errorf("nothing completes the arguments of %s", c.CommandPath())
		}
	})
}
