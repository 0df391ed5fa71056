package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"permc.dev/permc/compiler/load"
)

func main() {
	t := time.Now()
	p, d, err := load.Dirs(context.Background(), os.Args[1:], load.DefaultLimits)
	fmt.Println(err, time.Since(t))
	for _, x := range d {
		at := p.Files.Position(x.Pos)
		fmt.Printf("%s:%d:%d-%d: %s [%s]\n  help: %s\n", at.File, at.Line, at.Column, at.EndColumn, x.Message, x.Rule, x.Help)
		for _, r := range x.Related {
			fmt.Println("   ", p.Files.Position(r.Pos), r.Message)
		}
	}
	if len(d) == 0 && err == nil {
		fmt.Printf("%+v\n", p.Users)
	}
	for _, n := range []string{"services-hub", "call-manager", "dynamics-365-customer-service"} {
		t := time.Now()
		c, err := load.Shipped(p.Files, n)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(len(c.Permissions), len(c.Roles), time.Since(t))
	}
}
