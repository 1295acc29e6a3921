package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"microts/internal/batch"
	"microts/internal/help"
	"microts/internal/repl"
	"microts/luabind"
)

// newHelpCommand returns the command help. It explains commands, and everything that the
// console's .help does.
func newHelpCommand(p *process) *cobra.Command {
	return &cobra.Command{
		Use:   "help [NAME]",
		Short: "Explain a command, a flag, or what scripts can use",
		Long: `Explain a command, a flag, a module, a function, a method, a member of the global
job, an option, or a command of the console. "microts help api" prints all
functions.`,
		Example: `  microts help batch
  microts help put
  microts help csv.parse
  microts help --each-code`,
		DisableFlagParsing: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 && (args[0] == "--help" || args[0] == "-h") {
				return cmd.Help()
			}
			text, err := helpOn(cmd.Root(), args)
			if err == nil {
				fmt.Fprint(p.out, text)
			}
			return err
		},
	}
}

// helpOn returns the help on what the arguments of the command help name.
func helpOn(root *cobra.Command, args []string) (string, error) {
	if len(args) == 0 {
		return commandText(root), nil
	}
	if args[0] == "api" && len(args) == 1 {
		return apiText(), nil
	}
	if c := findCommand(root, args); c != nil {
		return commandText(c), nil
	}
	topics := allTopics(root)
	found, err := help.Find(strings.Join(args, " "), topics)
	if err != nil {
		return "", err
	}
	return help.Text(found), nil
}

// findCommand returns the command below root that words name, or nil.
func findCommand(root *cobra.Command, words []string) *cobra.Command {
	c := root
	for _, word := range words {
		i := slices.IndexFunc(c.Commands(), func(c *cobra.Command) bool { return c.Name() == word && !c.Hidden })
		if i < 0 {
			return nil
		}
		c = c.Commands()[i]
	}
	return c
}

// allTopics returns everything that help knows: also commands, so that near ones are
// suggested, flags, and the commands of the console.
func allTopics(root *cobra.Command) []help.Topic {
	topics := append(repl.Topics(), help.Topics()...)
	eachCommand(root, func(c *cobra.Command) {
		if c.Hidden {
			return
		}
		name := strings.TrimPrefix(c.CommandPath(), root.Name()+" ")
		topics = append(topics, help.Topic{Kind: "command", Names: []string{name}, Usage: usageLine(c), Help: c.Short})
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Hidden || f.Name == "help" {
				return
			}
			t := flagTerm(f)
			topics = append(topics, help.Topic{
				Kind: "flag of " + c.CommandPath(), Names: []string{"--" + f.Name, strings.ReplaceAll(f.Name, "-", "_")},
				Usage: t.Name, Help: t.Help,
			})
		})
	})
	return topics
}

// eachCommand calls do for a command and all commands below it.
func eachCommand(c *cobra.Command, do func(*cobra.Command)) {
	do(c)
	for _, sub := range c.Commands() {
		eachCommand(sub, do)
	}
}

// commandText explains a command, in lines of at most help.Width columns.
func commandText(c *cobra.Command) string {
	var b strings.Builder
	long := c.Long
	if long == "" {
		long = c.Short + "."
	}
	for paragraph := range strings.SplitSeq(strings.TrimSpace(long), "\n\n") {
		b.WriteString(help.Wrap(paragraph, 0) + "\n")
	}
	b.WriteString("Usage:\n" + usageText(c))
	if c.Example != "" {
		b.WriteString("\nExamples:\n" + c.Example + "\n")
	}
	var commands []help.Term
	for _, sub := range c.Commands() {
		if !sub.Hidden && sub.Runnable() {
			commands = append(commands, help.Term{Name: sub.Name(), Help: sub.Short})
		}
	}
	if len(commands) > 0 {
		b.WriteString("\nCommands:\n" + help.Columns(commands))
	}
	var flags []help.Term
	c.InitDefaultHelpFlag()
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			flags = append(flags, flagTerm(f))
		}
	})
	b.WriteString("\nFlags:\n" + help.Columns(flags))
	if len(commands) > 0 {
		fmt.Fprintf(&b, "\n'%s COMMAND --help' explains a command.\n", c.CommandPath())
	}
	return b.String()
}

// usageText returns the usage line of a command, wrapped.
func usageText(c *cobra.Command) string {
	return help.Wrap(usageLine(c), 2) // columns
}

// usageLine returns how a command is written.
func usageLine(c *cobra.Command) string {
	if c.HasParent() {
		return c.Parent().CommandPath() + " " + c.Use
	}
	return c.Use
}

// flagTerm returns how a flag is written, and its help.
func flagTerm(f *pflag.Flag) help.Term {
	value, text := pflag.UnquoteUsage(f)
	if f.Name == "help" {
		text = "print this help"
	}
	name := strings.TrimSpace("--" + f.Name + " " + value)
	if f.NoOptDefVal != "" && value != "" {
		name = "--" + f.Name + "[=" + value + "]"
	}
	if f.Shorthand != "" {
		name = "-" + f.Shorthand + ", " + name
	}
	return help.Term{Name: name, Help: text}
}

// apiText returns all functions that scripts have, for "microts help api". It is made
// from the tables that the console's .help and the documents are made from.
func apiText() string {
	var b strings.Builder
	title := func(text string) { b.WriteString("\n" + help.Wrap(text, 0)) }
	entry := func(usage, text string) {
		b.WriteString("\n" + help.Wrap(usage, 2))
		for line := range strings.Lines(text) {
			b.WriteString(help.Wrap(line, 6))
		}
	}
	list := func(text string, functions []luabind.Function) {
		title(text)
		for _, f := range functions {
			usage, text, _ := strings.Cut(f.Text(), "\n")
			entry(usage, text)
		}
	}
	list(`require "micro_ts"; functions of db are methods too`, luabind.Functions)
	list("methods of calendars, which ts.calendar returns", luabind.CalendarMethods)
	list(`require "libmicro_ts"`, luabind.CFunctions)
	list(`require "storage_engine" (V1), "storage_engine_v2" (V2); each returns true and the result, or false and a message`, luabind.EngineMethods)
	title("the global job of microts batch")
	for _, m := range batch.Members {
		entry(m.Name, m.Help)
	}
	title("other modules")
	for _, e := range help.Modules {
		entry(e.Call(), e.Help)
	}
	b.WriteString("\nmicrots help NAME explains a function, with its arguments and an example.\n")
	return strings.TrimPrefix(b.String(), "\n")
}

// setTexts gives a command line texts of our own in the place of cobra's.
func setTexts(root *cobra.Command, p *process) {
	root.SetHelpFunc(func(c *cobra.Command, _ []string) { fmt.Fprint(p.out, commandText(c)) })
	root.SetUsageFunc(func(c *cobra.Command) error {
		_, err := fmt.Fprint(p.out, "Usage:\n"+usageText(c))
		return err
	})
	root.SetFlagErrorFunc(flagError)
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetHelpCommand(newHelpCommand(p))
	root.InitDefaultHelpCmd()
	eachCommand(root, func(c *cobra.Command) {
		c.InitDefaultHelpFlag()
		c.Flags().Lookup("help").Usage = "print this help"
		check := c.Args
		c.Args = func(c *cobra.Command, args []string) error {
			if check != nil && check(c, args) != nil {
				return argumentError(c, args)
			}
			return excluded(c)
		}
	})
}

// argumentError says which argument is missing or one too many.
func argumentError(c *cobra.Command, args []string) error {
	var needed []string
	for _, word := range strings.Fields(c.Use)[1:] {
		if !strings.HasPrefix(word, "[") {
			needed = append(needed, strings.TrimSuffix(word, "..."))
		}
	}
	if len(args) < len(needed) {
		return fmt.Errorf("%s is missing; usage: %s", needed[len(args)], usageLine(c))
	}
	return fmt.Errorf("the argument %q is one too many; usage: %s", args[len(args)-1], usageLine(c))
}

// excluded returns an error if flags are given that exclude each other.
func excluded(c *cobra.Command) error {
	const annotation = "cobra_annotation_mutually_exclusive" // MarkFlagsMutuallyExclusive sets it
	var err error
	c.Flags().Visit(func(f *pflag.Flag) {
		for _, group := range f.Annotations[annotation] {
			for _, other := range strings.Fields(group) {
				if other != f.Name && c.Flags().Changed(other) && err == nil {
					err = fmt.Errorf("--%s and --%s exclude each other", f.Name, other)
				}
			}
		}
	})
	return err
}

// flagError says what is wrong with a flag.
func flagError(c *cobra.Command, err error) error {
	unknown, missing, invalid, syntax := (*pflag.NotExistError)(nil), (*pflag.ValueRequiredError)(nil), (*pflag.InvalidValueError)(nil), (*pflag.InvalidSyntaxError)(nil)
	switch {
	case errors.As(err, &unknown):
		return unknownFlag(c, unknown)
	case errors.As(err, &missing):
		value, _ := pflag.UnquoteUsage(missing.GetFlag())
		return fmt.Errorf("--%s: %s is missing", missing.GetFlag().Name, value)
	case errors.As(err, &invalid):
		return fmt.Errorf("--%s: %s expected, got %q", invalid.GetFlag().Name, wanted(invalid.GetFlag()), invalid.GetValue())
	case errors.As(err, &syntax):
		return fmt.Errorf("%s is no flag", syntax.GetSpecifiedFlag())
	}
	return err
}

// wanted says what the value of a flag is.
func wanted(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "bool":
		return "true or false"
	case "int":
		return "an integer"
	}
	value, _ := pflag.UnquoteUsage(f)
	return value
}
