package help

import (
	"fmt"
	"slices"
	"strings"

	"microts/internal/suggest"
)

// Find returns the topics that a name means: those with that full name, and, if the name
// is one word, those whose last word it is. put, ts.put, db:put and micro_ts.put are the
// same function; .open is a command of the console, --db a flag. The error of an unknown
// name lists near ones.
func Find(name string, topics []Topic) ([]Topic, error) {
	word := plainName(name)
	var whole, last []Topic
	for _, t := range topics {
		switch match(word, t) {
		case matchesWhole:
			whole = append(whole, t)
		case matchesLast:
			last = append(last, t)
		}
	}
	if m := mark(name); m != "" {
		other := func(t Topic) bool { return mark(t.Names[0]) != m }
		if marked := slices.DeleteFunc(slices.Clone(whole), other); len(marked) > 0 {
			return marked, nil
		}
	}
	found := append(whole, last...)
	if len(found) > 0 {
		return found, nil
	}
	of, field, dotted := cutLast(word)
	if members := membersOf(of, topics); dotted && len(members) > 0 {
		if near := suggest.Nearest(field, members); near != "" {
			return nil, fmt.Errorf("%s has no %s; did you mean %s.%s?", of, field, of, near)
		}
		return nil, fmt.Errorf("%s has no %s; it has %s", of, field, strings.Join(members, ", "))
	}
	if dotted { // a method of a variable with any name
		for _, t := range topics {
			if slices.ContainsFunc(t.Names, func(n string) bool { _, l, d := cutLast(plainName(n)); return d && l == field }) {
				found = append(found, t)
			}
		}
		if len(found) > 0 {
			return found, nil
		}
	}
	near := nearNames(word, topics)
	if len(near) == 0 && dotted {
		near = nearNames(field, topics)
	}
	if len(near) > 0 {
		return nil, fmt.Errorf("no help on %s; did you mean %s?", name, strings.Join(near, ", "))
	}
	return nil, fmt.Errorf("no help on %s", name)
}

// mark returns what a command of the console or a flag begins with: ".", "-" or nothing.
func mark(name string) string {
	if name != "" && strings.ContainsRune(".-", rune(name[0])) {
		return name[:1]
	}
	return ""
}

// How a name matches a topic.
const (
	matchesNot = iota
	matchesWhole
	matchesLast
)

func match(word string, t Topic) int {
	how := matchesNot
	for _, n := range t.Names {
		n = plainName(n)
		if n == word {
			return matchesWhole
		}
		if _, last, _ := cutLast(n); last == word {
			how = matchesLast
		}
	}
	return how
}

// plainName returns a name as it is compared: in lower case, with dots between its
// words, without what marks commands, flags and calls.
func plainName(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	if rest, ok := strings.CutPrefix(name, "require"); ok && rest != "" {
		name = strings.Trim(rest, ` ("')`)
	}
	name, _, _ = strings.Cut(name, "(")
	return strings.ReplaceAll(strings.TrimLeft(name, ".-"), ":", ".")
}

// cutLast cuts a name before its last word.
func cutLast(name string) (before, last string, dotted bool) {
	i := strings.LastIndexByte(name, '.')
	return name[:max(i, 0)], name[i+1:], i >= 0
}

// membersOf returns the last words of what is behind a name.
func membersOf(of string, topics []Topic) (members []string) {
	for _, t := range topics {
		for _, n := range t.Names {
			if before, last, dotted := cutLast(plainName(n)); dotted && before == of && !slices.Contains(members, last) {
				members = append(members, last)
			}
		}
	}
	return members
}

// nearNames returns the names that a user may have meant.
func nearNames(word string, topics []Topic) []string {
	var names []string
	for _, t := range topics {
		names = append(names, plainName(t.Names[0]))
		if _, last, dotted := cutLast(plainName(t.Names[0])); dotted {
			names = append(names, last)
		}
	}
	const most = 4
	near := suggest.Near(word, names, most)
	const least = 3 // letters of a word that is looked for inside names
	for _, n := range names {
		if len(near) < most && len(word) >= least && strings.Contains(n, word) && !slices.Contains(near, n) {
			near = append(near, n)
		}
	}
	return near
}

// Names returns all names by which topics are found, sorted: full names and last words.
func Names(topics []Topic) (names []string) {
	for _, t := range topics {
		names = append(names, t.Names...)
		for _, n := range t.Names {
			if _, last, dotted := cutLast(n); dotted && last != "" {
				names = append(names, last)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
