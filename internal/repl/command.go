package repl

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"microts/internal/suggest"
)

// command is one dot command. .help, completion and the documents are made from the
// table of them.
type command struct {
	name  string
	args  string
	help  string // one sentence
	run   func(r *REPL, args []string) error
	shows shows
	offer offer // completes an argument; nil: nothing does
}

// shows says what a command shows.
type shows byte

const (
	showsNothing shows = iota // a message at most
	showsText                 // its output can go to a program
	showsRows                 // and can have another format
	showsLua                  // as showsRows; its only argument is the rest of the line
)

// commands are the dot commands, in the order in which .help lists them.
var commands []command

func init() { // not in the declaration, since .help refers to commands
	commands = []command{
		{"help", "[name]", "Lists the commands, or says what a command or a function of micro_ts does.", (*REPL).helpCommand, showsText, offerHelp},
		{"open", "PATH", "Opens the database in a folder, or the archive at a URL, as db.", (*REPL).openCommand, showsNothing, offerFiles},
		{"close", "", "Closes db.", (*REPL).closeCommand, showsNothing, nil},
		{"refresh", "", "Opens db again. If db is read-only, it then sees what its writer has committed since.", (*REPL).refreshCommand, showsNothing, nil},
		{"codes", "[MARKET]", "Lists the instruments of db.", (*REPL).codesCommand, showsRows, offerMarkets},
		{"head", "[INSTRUMENT] [FROM [TO]] [N]", "Shows the first N ticks of an instrument (10 if N is not given).", (*REPL).headCommand, showsRows, offerInstruments},
		{"tail", "[INSTRUMENT] [FROM [TO]] [N]", "Shows the last N ticks of an instrument (10 if N is not given).", (*REPL).tailCommand, showsRows, offerInstruments},
		{"count", "[INSTRUMENT] [FROM [TO]]", "Counts the ticks of an instrument in a range of time, or all of them.", (*REPL).countCommand, showsRows, offerInstruments},
		{"bars", "[INSTRUMENT] WIDTH [DAY | FROM TO]", "Shows the bars of an instrument, each WIDTH long (1s, 5m, 1h, 1d), of a day or a range of time; of its last day if none is given.", (*REPL).barsCommand, showsRows, offerInstruments},
		{"plot", "[INSTRUMENT] [DAY | FROM TO]", "Draws the prices of an instrument as bars, without nights and breaks.", (*REPL).plotCommand, showsRows, offerInstruments},
		{"show", "EXPRESSION", "Shows the values of a Lua expression whole.", (*REPL).showCommand, showsLua, nil},
		{"format", "[table|csv|json]", "Sets how rows are shown.", (*REPL).formatCommand, showsNothing, offerWords(formats...)},
		{"schema", "", "Shows how the keys and the values of db are laid out, and which days are in its archive.", (*REPL).schemaCommand, showsText, nil},
		{"stats", "", "Shows statistics of db.", (*REPL).statsCommand, showsRows, nil},
		{"time", "on|off", "Sets whether the console shows how long each Lua chunk takes.", (*REPL).timeCommand, showsNothing, offerWords("on", "off")},
		{"tz", "ZONE", "Sets the time zone in which times are read and shown: Asia/Shanghai, UTC, ...", (*REPL).zoneCommand, showsNothing, offerWords("Asia/Shanghai", "Asia/Hong_Kong", "Asia/Tokyo", "America/New_York", "Europe/London", "UTC")},
		{"load", "FILE", "Runs a Lua file.", (*REPL).loadCommand, showsNothing, offerFiles},
		{"save", "FILE", "Writes everything that was typed to a file.", (*REPL).saveCommand, showsNothing, offerFiles},
		{"edit", "", "Opens the last input in $EDITOR, then runs the edited text.", (*REPL).editCommand, showsNothing, nil},
		{"clear", "", "Clears the screen.", (*REPL).clearCommand, showsNothing, nil},
		{"quit", "", "Leaves the console.", func(*REPL, []string) error { return errQuit }, showsNothing, nil},
	}
}

// Command is a dot command as its users see it.
type Command struct {
	Usage string // ".open PATH"
	Help  string // one sentence
}

// Commands returns the dot commands, in the order in which .help lists them.
func Commands() (all []Command) {
	for _, c := range commands {
		all = append(all, Command{strings.TrimSpace("." + c.name + " " + c.args), c.help})
	}
	return all
}

// isCommand says whether a line is a dot command: a dot and a letter. A number
// such as .5 is none.
func isCommand(line string) bool {
	return len(line) > 1 && line[0] == '.' && ('a' <= line[1]|0x20 && line[1]|0x20 <= 'z')
}

func findCommand(name string) *command {
	i := slices.IndexFunc(commands, func(c command) bool { return c.name == name })
	if i < 0 {
		return nil
	}
	return &commands[i]
}

func commandNames() (names []string) {
	for _, c := range commands {
		names = append(names, c.name)
	}
	return names
}

// command runs a dot command; an interrupt ends it.
func (r *REPL) command(line string) error {
	line, program, err := splitPipe(line[1:])
	if err != nil {
		return err
	}
	name, text, _ := strings.Cut(line, " ")
	name = strings.TrimRight(name, ",")
	c := findCommand(name)
	if c == nil {
		if near := suggest.Nearest(name, commandNames()); near != "" {
			return fmt.Errorf("unknown command .%s; did you mean .%s?", name, near)
		}
		return fmt.Errorf("unknown command .%s; .help lists them", name)
	}
	if program != "" && c.shows == showsNothing {
		return fmt.Errorf(".%s shows nothing that | could give to a program", name)
	}
	args, f, err := c.arguments(text)
	if err != nil {
		return err
	}
	ctx := r.context()
	defer r.State.Watch(ctx)()
	run := func() error { return c.run(r, args) }
	if c.shows == showsNothing {
		err = run()
	} else {
		err = r.show(run, f, program)
	}
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return errInterrupted
	}
	return err
}

// arguments reads the text after the name of a command. f is "" unless the text has the
// option --format.
func (c *command) arguments(text string) (args []string, f format, err error) {
	if c.shows == showsLua {
		text, f, err = cutFormatBefore(text)
		return []string{text}, f, err
	}
	args, err = splitWords(text)
	if err == nil && c.shows == showsRows {
		args, f, err = cutFormat(args)
	}
	if err == nil && c.args == "" && len(args) > 0 {
		return nil, "", fmt.Errorf("usage: .%s", c.name)
	}
	return args, f, err
}

// splitWords splits a line at spaces and commas. Quotes keep words together.
func splitWords(line string) (words []string, err error) {
	var word strings.Builder
	quote, inWord := rune(0), false
	for _, c := range line {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			} else {
				word.WriteRune(c)
			}
		case c == '"' || c == '\'':
			quote, inWord = c, true
		case c == ' ' || c == '\t' || c == ',' || c == '\n':
			if inWord {
				words, inWord = append(words, word.String()), false
				word.Reset()
			}
		default:
			word.WriteRune(c)
			inWord = true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("%c is not closed", quote)
	}
	if inWord {
		words = append(words, word.String())
	}
	return words, nil
}
