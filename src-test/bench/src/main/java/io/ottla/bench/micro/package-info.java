/**
 * Single hot paths of the broker under JMH, with the bytes that they allocate per operation.
 */
@NullMarked
package io.ottla.bench.micro;

import org.jspecify.annotations.NullMarked;
