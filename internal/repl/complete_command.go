package repl

import (
	"strings"

	"microts/internal/help"
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
	c := findCommand(name)
	if c == nil {
		return "", nil
	}
	if at := strings.LastIndex(rest, "|"); at >= 0 && c.shows != showsNothing {
		return "", nil // a program of the shell
	}
	if c.shows == showsLua {
		if code, _, err := cutFormatBefore(rest); err == nil && !strings.HasPrefix(code, "--") {
			return r.luaCandidates(code)
		}
	}
	before, last := cutLast(rest)
	switch {
	case c.shows >= showsRows && endsFormat(rest):
		all = offerWords(formats...)(r, before, last)
	case c.shows >= showsRows && strings.HasPrefix(last, "-"):
		all = []candidate{{formatOption, "table, csv or json"}}
	case c.offer != nil:
		all = c.offer(r, withoutOptions(before), last)
	}
	return last, matching(all, last)
}

// cutLast separates the last word, which the cursor is at the end of, from those before.
func cutLast(rest string) (before []string, last string) {
	before, last = strings.Fields(rest), rest[strings.LastIndex(rest, " ")+1:]
	if last != "" {
		before = before[:max(len(before)-1, 0)]
	}
	return before, strings.TrimLeft(last, `"'`)
}

// endsFormat says whether the last word of the arguments is that of --format.
func endsFormat(rest string) bool {
	before, _ := cutLast(rest)
	return len(before) > 0 && before[len(before)-1] == formatOption
}

// withoutOptions returns the arguments that are no options.
func withoutOptions(words []string) (rest []string) {
	for i := 0; i < len(words); i++ {
		switch {
		case words[i] == formatOption || words[i] == "-n":
			i++
		case !strings.HasPrefix(words[i], "-"):
			rest = append(rest, words[i])
		}
	}
	return rest
}

// offerHelp offers the names that .help explains.
func offerHelp(*REPL, []string, string) (all []candidate) {
	topics := append(Topics(), help.Topics()...)
	for _, t := range topics {
		sentence, _, _ := strings.Cut(help.Plain(t.Help), "\n")
		for _, name := range help.Names([]help.Topic{t}) {
			all = append(all, candidate{name, sentence})
		}
	}
	return all
}

func offerFiles(_ *REPL, _ []string, last string) []candidate {
	_, all := filesAt(last)
	return all
}

// offerMarkets offers a market.
func offerMarkets(r *REPL, before []string, _ string) []candidate {
	if len(before) > 0 {
		return nil
	}
	return r.markets()
}

// offerInstruments offers a market or a code, then the codes of the market.
func offerInstruments(r *REPL, before []string, last string) (all []candidate) {
	switch len(before) {
	case 0:
		all = r.markets()
		if last == "" {
			return all
		}
		for _, in := range r.instruments(0) {
			all = append(all, candidate{in.Code, "market " + string(in.Market)})
			if symbol := in.Symbol(); !strings.Contains(symbol, ":") {
				all = append(all, candidate{symbol, instrumentName(in)})
			}
		}
	case 1:
		if market, ok := marketOf(strings.Trim(before[0], `"'`)); ok {
			return r.codesOf(string(market), false)
		}
	}
	return all
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
