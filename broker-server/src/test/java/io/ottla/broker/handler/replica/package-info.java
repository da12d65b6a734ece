@NullMarked
package io.ottla.broker.handler.replica;

import org.jspecify.annotations.NullMarked;
