package io.ottla.bench.load;

import org.jspecify.annotations.Nullable;

/** One line from a client process: a result, or why there is none. */
public record Reply(@Nullable LoadResult result, @Nullable String failure) {}
