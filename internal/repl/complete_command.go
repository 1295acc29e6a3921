package repl

import (
	"strings"

	"microts/luabind"
)

// offer returns what may stand in the place of an argument of a dot command: before
// are the arguments before it, last is what is typed of it.
type offer func(r *REPL, before []string, last string) []candidate

// commandCandidates completes the name of a dot command or an argument.
func (r *REPL) commandCandidates(text string) (prefix string, all []candidate) {
	name, rest, found := strings.Cut(text[1:], " ")
	if !found {
		for _, c := range commands {
			all = append(all, candidate{"." + c.name, strings.TrimSpace(c.args + "  " + c.help)})
		}
		return text, matching(all, text)
	}
	before, last := strings.Fields(rest), rest[strings.LastIndex(rest, " ")+1:]
	if last != "" {
		before = before[:max(len(before)-1, 0)]
	}
	last = strings.TrimLeft(last, `"'`)
	if c := findCommand(name); c != nil && c.offer != nil {
		all = c.offer(r, before, last)
	}
	return last, matching(all, last)
}

func offerHelp(*REPL, []string, string) (all []candidate) {
	for _, c := range commands {
		all = append(all, candidate{c.name, c.help})
	}
	for _, f := range luabind.Functions {
		all = append(all, candidate{f.Name, f.Help})
	}
	return all
}

func offerFiles(_ *REPL, _ []string, last string) []candidate {
	_, all := filesAt(last)
	return all
}

// offerInstruments offers a market, then its codes.
func offerInstruments(r *REPL, before []string, _ string) []candidate {
	switch len(before) {
	case 0:
		return r.markets()
	case 1:
		return r.codesOf(strings.Trim(before[0], `"'`), false)
	}
	return nil
}

// offerWords offers some words.
func offerWords(words ...string) offer {
	return func(*REPL, []string, string) (all []candidate) {
		for _, w := range words {
			all = append(all, candidate{w, ""})
		}
		return all
	}
}
