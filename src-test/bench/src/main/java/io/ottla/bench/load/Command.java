package io.ottla.bench.load;

import io.ottla.bench.os.UsageMeter.Processes;

/** One line to a client process: what to do, and whose processor time to count meanwhile ({@code client} is its own). */
public record Command(LoadSpec spec, Processes processes) {}
