package cli

import "github.com/spf13/cobra"

// Command returns the command line, for documents that list its commands and flags.
func Command() *cobra.Command { return newRoot(newProcess([]string{"microts"})) }
