//go:build !unix

package main

func writeErrors() {}
