CREATE TABLE customers (
  id INTEGER PRIMARY KEY,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  email TEXT,
  joined TEXT NOT NULL
);
INSERT INTO customers VALUES
  (1, 'Ada', 'Lovelace', 'Ada@Example.ORG', '10.12.2019'),
  (2, 'Alan', 'Turing', NULL, '23.06.2020'),
  (3, 'Test', 'Test', 'test@example.org', '01.01.1970');

CREATE TABLE orders (
  id INTEGER PRIMARY KEY,
  customer INTEGER NOT NULL,
  net NUMERIC(10,2) NOT NULL,
  vat INTEGER NOT NULL,
  tags TEXT
);
INSERT INTO orders VALUES (1, 1, 10.00, 19, 'books,gifts'), (2, 2, 99.95, 7, ''), (3, 1, 4.20, 7, 'food');
