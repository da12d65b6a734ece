/**
 * What a request is before and after its body: its key, its versions, its header, and the port through which one broker
 * asks another. Stateless; it must not know how bytes travel.
 */
@NullMarked
package io.ottla.protocol.api;

import org.jspecify.annotations.NullMarked;
