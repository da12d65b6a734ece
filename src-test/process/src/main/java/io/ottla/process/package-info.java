/**
 * Servers and programs in processes of their own, started as an operator would: brokers and ZooKeeper of the built
 * distribution, and Apache Kafka 3.9 with its ZooKeeper as the judge of tests. The tests of the whole share it.
 *
 * <p>System properties, set by the build of each test module: {@code test.dist}, the folder of the distribution;
 * {@code test.peer39.libs}, the jars of Apache Kafka 3.9; {@code test.broker}, {@code ottla} or {@code apache-3.9};
 * {@code test.heap}, the options for the heap of a broker under test.
 *
 * <p>A server process belongs to the thread of the test that started it. Nothing here knows the broker's classes.
 */
@NullMarked
package io.ottla.process;

import org.jspecify.annotations.NullMarked;
