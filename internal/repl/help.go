package repl

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"microts/internal/help"
)

func (r *REPL) helpCommand(args []string) error {
	if len(args) == 0 {
		r.listCommands()
		return nil
	}
	shown, err := helpText(strings.Join(args, " "))
	if err == nil {
		fmt.Fprintln(r.w, shown)
	}
	return err
}

func (r *REPL) listCommands() {
	longest := 0
	for _, c := range Commands() {
		longest = max(longest, len(c.Usage))
	}
	var rows [][]string
	for _, c := range Commands() {
		sentence := c.Help
		if !r.whole {
			sentence = text.WrapSoft(sentence, max(r.width()-longest-len("  |  "), 20))
		}
		rows = append(rows, []string{c.Usage, sentence})
	}
	fmt.Fprintln(r.w, r.grid([]string{"command", ""}, rows, true))
	for _, note := range helpNotes {
		if !r.whole {
			note = text.WrapSoft(note, r.width())
		}
		fmt.Fprintln(r.w, note)
	}
}

// helpNotes stand below the list of the commands.
var helpNotes = []string{
	"INSTRUMENT is S 600519, SH600519, 600519.SH, or a code that one instrument of db has.",
	"Commands that show rows take --format table|csv|json; what a command shows can go to a program: .codes | head.",
	"A line of Lua runs, and the values of an expression are shown; _, _1 and _2 are the last three.",
	"ts is micro_ts; .help NAME explains a function, a module, an option. plot(series) draws, pp(value) shows a value whole.",
}

// helpText explains what a name means: a command of the console, or what a script can use.
func helpText(name string) (string, error) {
	found, err := help.Find(name, append(Topics(), help.Topics()...))
	if err != nil {
		return "", err
	}
	return strings.TrimRight(help.Text(found), "\n"), nil
}

// Topics returns a topic for each command and each function of the console.
func Topics() (all []help.Topic) {
	for _, c := range commands {
		all = append(all, help.Topic{
			Kind: "command of the console", Names: []string{"." + c.name},
			Usage: strings.TrimSpace("." + c.name + " " + c.args), Help: c.help,
		})
	}
	return append(all,
		help.Topic{Kind: "function of the console", Names: []string{"plot"}, Usage: "plot(series)", Help: "Draws an array of numbers, points or bars.", Example: "plot{10.5, 10.7, 10.6}"},
		help.Topic{Kind: "function of the console", Names: []string{"pp"}, Usage: "pp(value)", Help: "Shows a value whole."},
	)
}
