package repl

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"microts/internal/compat"
	"microts/internal/suggest"
	"microts/luabind"
)

func (r *REPL) helpCommand(args []string) error {
	if len(args) == 0 {
		r.listCommands()
		return nil
	}
	shown, err := helpText(args[0])
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
		help := c.Help
		if !r.whole {
			help = text.WrapSoft(help, max(r.width()-longest-len("  |  "), 20))
		}
		rows = append(rows, []string{c.Usage, help})
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
	"ts is micro_ts; .help NAME explains a function of it. plot(series) draws, pp(value) shows a value whole.",
}

// helpText says what a command, a function, a method or a module does. The name
// of a function may follow a table or an object: ts.put, db:put.
func helpText(name string) (string, error) {
	name = strings.TrimPrefix(name, ".")
	if c := findCommand(name); c != nil {
		return fmt.Sprintf(".%s %s\n%s", c.name, c.args, c.help), nil
	}
	if _, field, ok := strings.Cut(name, "."); ok {
		name = field
	}
	if _, method, ok := strings.Cut(name, ":"); ok {
		name = method
	}
	if texts := luabind.Help(name); len(texts) > 0 {
		return strings.Join(texts, "\n"), nil
	}
	for _, m := range compat.Modules {
		if m.Name == name {
			return fmt.Sprintf("require %q\n%s", m.Name, m.Help), nil
		}
	}
	names := commandNames()
	for _, f := range luabind.Functions {
		names = append(names, f.Name)
	}
	if near := suggest.Nearest(name, names); near != "" {
		return "", fmt.Errorf("no help on %s; did you mean %s?", name, near)
	}
	return "", fmt.Errorf("no help on %s", name)
}
