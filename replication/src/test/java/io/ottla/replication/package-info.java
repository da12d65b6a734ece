/** Fakes that the tests of this module share. */
@NullMarked
package io.ottla.replication;

import org.jspecify.annotations.NullMarked;
