package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"microts/internal/suggest"
)

// unknownFlag returns the error of a flag that a command does not have. It suggests a
// near one, or names the commands that have it.
func unknownFlag(c *cobra.Command, e *pflag.NotExistError) error {
	name := e.GetSpecifiedName()
	if e.GetSpecifiedShortnames() != "" {
		return fmt.Errorf("unknown flag -%s", name)
	}
	var names, owners []string
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	eachCommand(c.Root(), func(other *cobra.Command) {
		if f := other.LocalFlags().Lookup(name); f != nil && !f.Hidden && !other.Hidden {
			owners = append(owners, other.CommandPath())
		}
	})
	if i := slices.IndexFunc(names, func(n string) bool { return flagWord(n) == flagWord(name) }); i >= 0 {
		return fmt.Errorf("unknown flag --%s; did you mean --%s?", name, names[i])
	}
	if len(owners) > 0 {
		return fmt.Errorf("unknown flag --%s; it is a flag of %s", name, strings.Join(owners, ", "))
	}
	near := suggest.Nearest(name, names)
	if i := slices.IndexFunc(names, func(n string) bool { return strings.HasPrefix(n, name) }); near == "" && i >= 0 {
		near = names[i]
	}
	if near != "" {
		return fmt.Errorf("unknown flag --%s; did you mean --%s?", name, near)
	}
	return fmt.Errorf("unknown flag --%s", name)
}

// flagWord returns the letters of a flag: dryrun, dry_run and dry-run are one.
func flagWord(name string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(name))
}

// unknownWord returns the error of an argument that is none of known.
func unknownWord(what, word string, known []string) error {
	if near := suggest.Nearest(word, known); near != "" {
		return fmt.Errorf("unknown %s %q; did you mean %s?", what, word, near)
	}
	return fmt.Errorf("unknown %s %q; there are %s", what, word, strings.Join(known, ", "))
}
