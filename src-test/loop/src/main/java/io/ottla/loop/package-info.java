/**
 * The event loop of tests. It depends on nothing but Netty's executors, so that the tests of every module can use it; its
 * state belongs to the test's thread.
 */
@NullMarked
package io.ottla.loop;

import org.jspecify.annotations.NullMarked;
