package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"microts/internal/calendar"
	"microts/internal/help"
)

// shells are those that the command completion writes scripts for.
var shells = []string{"bash", "zsh", "fish", "powershell"}

func newCompletionCommand(p *process) *cobra.Command {
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print a script that lets Tab complete command lines",
		Long: `Print a script for bash, zsh, fish or powershell, which lets Tab complete commands,
flags and their values, scripts, databases and other files.

bash needs the package bash-completion.`,
		Example: `  source <(microts completion bash)
  microts completion bash > ~/.local/share/bash-completion/completions/microts
  microts completion zsh > "${fpath[1]}/_microts"
  microts completion fish > ~/.config/fish/completions/microts.fish`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return exitCode(exitUsage) // setTexts says what is wrong
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(p.out, true)
			case "zsh":
				return root.GenZshCompletion(p.out)
			case "fish":
				return root.GenFishCompletion(p.out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(p.out)
			}
			return unknownWord("shell", args[0], shells)
		},
	}
}

// A completer returns what may stand in the place of an argument or of a flag's value.
// args are the arguments before it, last is what is typed of it.
type completer = cobra.CompletionFunc

// flagWords are the values of flags that take one of a few words, and what they do.
var flagWords = map[string][]string{
	"durability": {"process\tsurvives the death of the process", "sync\tsurvives a power failure", "none\tsurvives nothing until a flush"},
	"isolate":    {"goroutine\teach job has a Lua state", "process\teach job has a process"},
	"log":        {"events", "progress", "failures"},
	"each-code":  {"all", "S", "H", "U"},
	"market":     {"S", "H", "U"},
	"revise":     {"merge\tthe sealed ticks, with those of the database over them", "replace\tthe ticks of the database alone"},
}

// setCompletions tells each command how its arguments and the values of its flags are
// completed.
func setCompletions(root *cobra.Command) {
	script := firstOf(completeScripts, completeFiles)
	for path, complete := range map[string]completer{
		"":             script,
		"run":          script,
		"repl":         script,
		"batch":        completeScripts,
		"doctor":       completeScripts,
		"check":        firstOf(completeFolders, completeNothing),
		"import":       completeFiles,
		"export":       firstOf(completeFiles, completeNothing),
		"batch list":   firstOf(completeFolders, completeNothing),
		"batch report": firstOf(orWords(completeFolders, latestRun), completeNothing),
		"batch merge":  completeFolders,
		"days":         firstOf(completeStores, completeNothing),
		"verify":       firstOf(completeStores, completeNothing),
		"unseal":       firstOf(completeStores, completeNothing),
		"gc":           firstOf(completeStores, completeNothing),
		"seal":         completeNothing,
		"prune":        completeNothing,
		"version":      completeNothing,
		"completion":   firstOf(completeWords(shells...), completeNothing),
		"help":         completeNames,
	} {
		if c := findCommand(root, strings.Fields(path)); c != nil {
			c.ValidArgsFunction = complete
		}
	}
	eachCommand(root, func(c *cobra.Command) {
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Name != "help" && f.Value.Type() != "bool" {
				_ = c.RegisterFlagCompletionFunc(f.Name, completerOf(f)) // fails only for a second one
			}
		})
	})
}

// completerOf returns what completes the value of a flag: the name of its value says
// what it is.
func completerOf(f *pflag.Flag) completer {
	if words, ok := flagWords[f.Name]; ok {
		return completeWords(words...)
	}
	switch value, _ := pflag.UnquoteUsage(f); {
	case f.Name == "resume":
		return orWords(completeFolders, latestRun)
	case f.Name == "calendar":
		return orWords(completeFiles, calendar.Names...)
	case value == "F": // of rows on a terminal
		return completeWords("table", "csv", "json")
	case value == "FORMAT": // of a file
		return completeWords("csv", "json", "parquet")
	case value == "PATH", value == "FOLDER", value == "NEW":
		return completeFolders
	case value == "FILE":
		return completeFiles
	case value == "URL":
		return completeStores
	}
	return completeNothing
}

// firstOf completes the first argument with first and the others with others.
func firstOf(first, others completer) completer {
	return func(c *cobra.Command, args []string, last string) ([]string, cobra.ShellCompDirective) {
		if len(args) == 0 {
			return first(c, args, last)
		}
		return others(c, args, last)
	}
}

func completeNothing(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveNoFileComp
}

// completeFiles leaves it to the shell to complete files.
func completeFiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveDefault
}

func completeWords(words ...string) completer {
	return func(_ *cobra.Command, _ []string, last string) (some []string, _ cobra.ShellCompDirective) {
		for _, w := range words {
			if strings.HasPrefix(w, last) {
				some = append(some, w)
			}
		}
		return some, cobra.ShellCompDirectiveNoFileComp
	}
}

// orWords adds words to what complete offers.
func orWords(complete completer, words ...string) completer {
	return func(c *cobra.Command, args []string, last string) ([]string, cobra.ShellCompDirective) {
		some, _ := completeWords(words...)(c, args, last)
		more, directive := complete(c, args, last)
		return append(some, more...), directive
	}
}

// completeNames completes what the command help explains.
func completeNames(c *cobra.Command, args []string, last string) ([]string, cobra.ShellCompDirective) {
	var names []string
	if of := findCommand(c.Root(), args); of != nil {
		for _, sub := range of.Commands() {
			if !sub.Hidden {
				names = append(names, sub.Name())
			}
		}
	}
	if len(args) == 0 {
		names = append(names, "api")
		names = append(names, help.Names(allTopics(c.Root()))...)
	}
	slices.Sort(names)
	return completeWords(slices.Compact(names)...)(c, args, last)
}

// completeScripts completes Lua files, in folders.
func completeScripts(_ *cobra.Command, _ []string, last string) ([]string, cobra.ShellCompDirective) {
	return completePath(last, func(name string) bool { return filepath.Ext(name) == ".lua" })
}

// completeFolders completes folders. A database ends the path, another folder may go on.
func completeFolders(_ *cobra.Command, _ []string, last string) ([]string, cobra.ShellCompDirective) {
	return completePath(last, func(string) bool { return false })
}

// completeStores completes the URL of a store, and the folder of file://.
func completeStores(c *cobra.Command, args []string, last string) ([]string, cobra.ShellCompDirective) {
	const scheme = "file://"
	dir, ok := strings.CutPrefix(last, scheme)
	if !ok || dir == "" {
		urls, directive := completeWords("s3://", scheme+"/")(c, args, last)
		return urls, directive | cobra.ShellCompDirectiveNoSpace
	}
	paths, directive := completeFolders(c, args, dir)
	for i := range paths {
		paths[i] = scheme + paths[i]
	}
	return paths, directive
}

// completePath completes the path of a folder, or of a file that is wanted.
func completePath(last string, wanted func(name string) bool) (paths []string, directive cobra.ShellCompDirective) {
	directive = cobra.ShellCompDirectiveNoFileComp
	dir, base := filepath.Split(last)
	at := dir
	if at == "" {
		at = "."
	}
	if home, err := os.UserHomeDir(); err == nil && strings.HasPrefix(at, "~/") {
		at = filepath.Join(home, at[2:])
	}
	entries, err := os.ReadDir(at)
	if err != nil {
		return nil, directive
	}
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, base) || strings.HasPrefix(name, ".") && !strings.HasPrefix(base, ".") {
			continue
		}
		info, err := os.Stat(filepath.Join(at, name)) // follows links
		switch {
		case err != nil:
		case info.IsDir() && isDatabase(filepath.Join(at, name)):
			paths = append(paths, dir+name)
		case info.IsDir():
			paths = append(paths, dir+name+"/")
			directive |= cobra.ShellCompDirectiveNoSpace
		case wanted(name):
			paths = append(paths, dir+name)
		}
	}
	return paths, directive
}

// isDatabase says whether a folder looks like a database of RocksDB.
func isDatabase(path string) bool {
	_, err := os.Stat(filepath.Join(path, "CURRENT"))
	return err == nil
}
