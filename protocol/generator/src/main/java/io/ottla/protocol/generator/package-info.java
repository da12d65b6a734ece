/**
 * Build-time generator: turns the official JSON message schemas into Java classes. It keeps no state beyond one run.
 */
@NullMarked
package io.ottla.protocol.generator;

import org.jspecify.annotations.NullMarked;
