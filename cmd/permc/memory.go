package main

import (
	"fmt"
	"math"
	"os"
	"path"
	"runtime/debug"
	"strconv"
	"strings"

	"permc.dev/permc/compiler/load"
)

// mostMemory returns how much memory a command may have at most, or 0 if that is not known.
func (g *globals) mostMemory() uint64 {
	most := g.memory
	if most == 0 {
		most = machineMemory() / 5 * 4
	}
	if soft := debug.SetMemoryLimit(-1); os.Getenv("GOMEMLIMIT") != "" && soft > 0 && (most == 0 ||
		uint64(soft) < most) {
		return uint64(soft)
	}
	return most
}

// machineMemory returns how much memory the machine gives this process, or 0 if that is not known.
func machineMemory() uint64 {
	most := uint64(math.MaxUint64)
	if space := load.AddressSpace(); space < most {
		most = space - min(space, reserved())
	}
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		if _, rest, ok := strings.Cut(string(text), "MemTotal:"); ok {
			var kib uint64
			if n, _ := fmt.Sscan(rest, &kib); n == 1 && kib > 0 {
				most = min(most, kib<<10)
			}
		}
	}
	groups, _ := os.ReadFile("/proc/self/cgroup")
	for line := range strings.Lines(string(groups)) {
		most = min(most, groupMemory(strings.TrimSpace(line)))
	}
	if most == math.MaxUint64 {
		return 0
	}
	return most
}

// groupMemory returns the lowest memory limit of a control group, a line of /proc/self/cgroup, and of those around it.
func groupMemory(line string) uint64 {
	most := uint64(math.MaxUint64)
	parts := strings.SplitN(line, ":", 3)
	if len(parts) < 3 || parts[1] != "" && parts[1] != "memory" {
		return most
	}
	top, file := "/sys/fs/cgroup", "memory.max"
	if parts[1] == "memory" {
		top, file = "/sys/fs/cgroup/memory", "memory.limit_in_bytes"
	}
	for at := path.Clean("/" + parts[2]); ; at = path.Dir(at) {
		if text, err := os.ReadFile(path.Join(top, at, file)); err == nil {
			if n, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64); err == nil && n > 0 {
				most = min(most, n)
			}
		}
		if at == "/" {
			return most
		}
	}
}

// reserved returns how much address space the process has without using it: the Go runtime reserves a gigabyte.
func reserved() uint64 {
	const usual = 3 << 29
	var pages uint64
	text, _ := os.ReadFile("/proc/self/statm")
	if n, _ := fmt.Sscan(string(text), &pages); n != 1 {
		return usual
	}
	return pages*uint64(os.Getpagesize()) - min(memoryUsed(), usual)
}
