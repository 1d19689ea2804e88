# `make run` and `make test` are all a newcomer needs; both install what is missing first.
.PHONY: run test build lint format judges dependencies clean

run: build
	@.build/release/weightbench

build: dependencies
	swift build -c release --product weightbench

test: build
	swift test -c release --no-parallel

lint:
	swift format lint --strict --recursive Sources Tests Package.swift

format:
	swift format --in-place --recursive Sources Tests Package.swift

# The outside judges (numpy, onnx, onnxruntime; ONNX's backend cases) that tests compare against.
judges:
	@.ci/install-judges

dependencies:
	@.ci/install-dependencies

clean:
	rm -rf .build .judges
