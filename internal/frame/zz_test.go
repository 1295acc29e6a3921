package frame

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"microts/internal/bars"
	"microts/internal/tick"
	"microts/store"
)

func threadCPU(who int) time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(who, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

type zzHost struct{}

func (zzHost) Room(int)   {}
func (zzHost) Free(int)   {}
func (zzHost) CheckStop() {}

func TestZZ(t *testing.T) {
	if os.Getenv("ZZ") == "" {
		t.Skip()
	}
	const rows = 5_000_000
	in := tick.Instrument([]byte("S000600000"))
	env := store.NewEnv()
	db, err := env.Open("/tmp/zzdb", &store.Options{OneCore: os.Getenv("ONE") != ""})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_ = filepath.Join
	names, fns := []string{}, []func(){}
	add := func(name string, f func()) { names = append(names, name); fns = append(fns, f) }
	add("count", func() { db.Count(&in, tick.Always) })
	add("columns", func() {
		scan, err := db.ScanColumns(&in, tick.ScanOptions{Range: tick.Always}, tick.PriceColumn|tick.QtyColumn|tick.SideColumn)
		for c := (tick.Columns{}); err == nil && scan.Read(&c); {
		}
	})
	add("bars", func() {
		if _, err := bars.Read(db, &in, bars.Options{Width: 1e6}); err != nil {
			t.Fatal(err)
		}
	})
	add("ticks", func() {
		_, err := Ticks(zzHost{}, db, &in, tick.Always, TickOptions{Fields: []Field{PriceField, QtyField, SideField}})
		if err != nil {
			t.Fatal(err)
		}
	})
	add("ticks 2", func() {
		_, err := Ticks(zzHost{}, db, &in, tick.Always, TickOptions{Fields: []Field{PriceField, QtyField}})
		if err != nil {
			t.Fatal(err)
		}
	})
	best, wall := make([]time.Duration, len(fns)), make([]time.Duration, len(fns))
	only := os.Getenv("ZZ")
	for r := range 4 {
		for i, f := range fns {
			if only != "1" && only != names[i] {
				continue
			}
			runtime.GC()
			b, w := threadCPU(0), time.Now()
			f()
			d, e := threadCPU(0)-b, time.Since(w)
			if r == 0 || d < best[i] {
				best[i] = d
			}
			if r == 0 || e < wall[i] {
				wall[i] = e
			}
		}
	}
	for i, n := range names {
		fmt.Printf("%-24s %6.1f ns CPU/row, wall %6.1f\n", n, float64(best[i])/rows, float64(wall[i])/rows)
	}
}
