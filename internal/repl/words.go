package repl

import (
	"regexp"
	"strings"
)

// wordCommands match what people type who do not know the dot commands. The first group
// is the name of one, the second an argument.
var wordCommands = []*regexp.Regexp{
	regexp.MustCompile(`^(exit|quit|help)\s*(?:\(\s*\))?\s*;?$`),
	regexp.MustCompile(`^(help)\s+([\w.:]+)$`),
	regexp.MustCompile(`^(help)\s*\(?\s*["']([\w.:]+)["']\s*\)?$`),
}

// wordCommand returns the dot command that a line means: exit, quit, help and help NAME,
// unless Lua has a global of that name.
func (r *REPL) wordCommand(line string) (command string, ok bool) {
	for _, re := range wordCommands {
		m := re.FindStringSubmatch(line)
		if m == nil || !r.L.Globals.GetString(m[1]).IsNil() {
			continue
		}
		command = "." + strings.Replace(m[1], "exit", "quit", 1)
		if len(m) > 2 {
			command += " " + m[2]
		}
		return command, true
	}
	return "", false
}
