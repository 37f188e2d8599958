// A server of Go with two keys. Usage: go_server PORT PEM PEM SUITE,... (Go's names, up to TLS 1.2; those of TLS 1.3 can't be chosen)
package main

import (
	"crypto/tls"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
)

func main() {
	config := &tls.Config{MinVersion: tls.VersionTLS11}
	for _, pem := range os.Args[2:4] {
		certificate, err := tls.LoadX509KeyPair(pem, pem)
		if err != nil {
			panic(err)
		}
		config.Certificates = append(config.Certificates, certificate)
	}
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		for _, name := range strings.Split(os.Args[4], ",") {
			if suite.Name == name {
				config.CipherSuites = append(config.CipherSuites, suite.ID)
			}
		}
	}
	door, err := tls.Listen("tcp", "127.0.0.1:"+os.Args[1], config)
	if err != nil {
		panic(err)
	}
	quiet := http.Server{ErrorLog: log.New(io.Discard, "", 0), Handler: http.HandlerFunc(func(answer http.ResponseWriter, _ *http.Request) { answer.Write([]byte("ok")) })}
	quiet.Serve(door)
}
