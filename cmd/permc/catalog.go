package main

import "github.com/spf13/cobra"

func catalogCommand(g *globals) *cobra.Command { return &cobra.Command{Use: "catalog"} }
