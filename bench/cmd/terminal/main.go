//go:build linux

// Command terminal draws what commands print on a terminal, as an SVG for pages: go -C bench run ./cmd/terminal.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"unsafe"

	"github.com/spf13/pflag"
)

func main() {
	out := pflag.StringP("output", "o", "", "the SVG to write")
	dir := pflag.StringP("dir", "C", "..", "where to run the commands")
	permc := pflag.String("permc", "", "the permc to run")
	columns := pflag.Int("columns", 96, "the width of the terminal")
	pflag.Parse()
	if err := draw(*out, *dir, *permc, *columns, pflag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "terminal:", err)
		os.Exit(1)
	}
}

// draw runs the commands one after the other, and writes the picture.
func draw(out, dir, permc string, columns int, commands []string) error {
	var lines []line
	for i, command := range commands {
		if i > 0 {
			lines = append(lines, line{})
		}
		text, err := onTerminal(dir, columns, strings.Fields(strings.Replace(command, "permc", permc, 1)))
		if err != nil {
			return fmt.Errorf("%s: %w", command, err)
		}
		lines = append(lines, line{{"d", "$ "}, {"b", command}})
		lines = append(lines, parseLines(text)...)
	}
	return os.WriteFile(out, drawSVG(lines, columns, strings.Join(commands, "; ")), 0o644)
}

// onTerminal returns what a command writes to a terminal. Findings and gates are no failure.
func onTerminal(dir string, columns int, args []string) (string, error) {
	here, there, err := openTerminal(columns)
	if err != nil {
		return "", err
	}
	defer here.Close()
	c := exec.Command(args[0], args[1:]...)
	c.Dir, c.Stdin, c.Stdout, c.Stderr = dir, there, there, there
	c.Env = append(os.Environ(), "TERM=xterm-256color", "NO_COLOR=")
	err = c.Start()
	there.Close()
	if err != nil {
		return "", err
	}
	var text bytes.Buffer
	if _, err := io.Copy(&text, here); err != nil && !errors.Is(err, syscall.EIO) { // EIO: the other side is closed
		return "", err
	}
	err = c.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == 1 {
		err = nil
	}
	return strings.ReplaceAll(text.String(), "\r\n", "\n"), err
}

// openTerminal opens both sides of a new pseudo terminal.
func openTerminal(columns int) (here, there *os.File, err error) {
	if here, err = os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0); err != nil {
		return nil, nil, err
	}
	var number, locked uint32
	size := [4]uint16{50, uint16(columns)}
	for _, call := range []struct {
		request uintptr
		value   unsafe.Pointer
	}{
		{syscall.TIOCSPTLCK, unsafe.Pointer(&locked)},
		{syscall.TIOCGPTN, unsafe.Pointer(&number)},
		{syscall.TIOCSWINSZ, unsafe.Pointer(&size)},
	} {
		if _, _, e := syscall.Syscall(syscall.SYS_IOCTL, here.Fd(), call.request, uintptr(call.value)); e != 0 {
			return nil, nil, errors.Join(e, here.Close())
		}
	}
	there, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, errors.Join(err, here.Close())
	}
	return here, there, nil
}
