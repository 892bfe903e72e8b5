// Package ext has the two types that Traefik asks for: no member is added to its configuration.
package ext

type HTTP struct{}

type Router struct{}
