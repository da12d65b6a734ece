/**
 * Fetch: sessions (KIP-227), reading within the byte limits, waiting for data.
 *
 * <p>The table of sessions is shared by all loops and guards itself; a session is held by one request at a time, and a
 * request is confined to the loop of its connection (or, for cold data, to the worker it was handed to).
 */
@NullMarked
package io.ottla.broker.handler.fetch;

import org.jspecify.annotations.NullMarked;
