/** What the tests of the data plane's handlers share: a broker of logs and partitions without a network. */
@NullMarked
package io.ottla.broker.handler;

import org.jspecify.annotations.NullMarked;
