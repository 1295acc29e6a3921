// Command microts runs Lua scripts on tick databases.
package main

import (
	"os"

	"microts/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args))
}
