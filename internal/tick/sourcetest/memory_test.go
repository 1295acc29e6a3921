package sourcetest

import (
	"testing"

	"microts/internal/tick"
)

func TestMemory(t *testing.T) {
	Run(t, func(_ testing.TB, ticks Ticks) tick.Source {
		named := map[tick.Name][]tick.Row{}
		for in, rows := range ticks {
			named[tick.Name{Market: in.Market(), Code: in.Code()}] = rows
		}
		return NewMemory("memory", named)
	})
}
