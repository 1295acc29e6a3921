package importer

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/BurntSushi/toml"
)

// ConfigFile is the usual name of a file that describes an import.
const ConfigFile = "import.toml"

// Config is what an import.toml holds: Options, and the database.
type Config struct {
	Options
	DB string `toml:"db"`
}

// optionNames are those of an import.toml.
var optionNames = []string{
	"files", "db", "preset", "map", "code_column", "code", "market", "tz", "seq", "format", "encoding", "delimiter",
	"header", "cumulative", "bad", "max_bad",
}

// ReadConfig reads an import.toml. Its paths are relative to its folder. Errors in it name
// the file.
func ReadConfig(path string) (*Config, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	c := &Config{}
	meta, err := toml.Decode(string(text), c)
	if parse := (toml.ParseError{}); errors.As(err, &parse) {
		return nil, fmt.Errorf("%s:%d: %s", path, parse.Position.Line, parse.Message)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if keys := meta.Undecoded(); len(keys) > 0 {
		return nil, fmt.Errorf("%s: %w", path, unknown("name", keys[0].String(), optionNames))
	}
	at := func(p string) string {
		if p == "" || p == stdinName || filepath.IsAbs(p) {
			return p
		}
		return filepath.Join(filepath.Dir(path), p)
	}
	for i := range c.Files {
		c.Files[i] = at(c.Files[i])
	}
	c.DB, c.Bad = at(c.DB), at(c.Bad)
	if len(c.Files) > 0 {
		if _, err := c.check(); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return c, nil
}
